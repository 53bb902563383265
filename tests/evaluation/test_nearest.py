import torch

from generative.evaluation.nearest import nearest_training


def some_bytes(count: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, 1, 8, 8), generator=generator).to(torch.uint8)


def test_finds_a_planted_copy_at_distance_zero():
    training, images = some_bytes(9000, 0), some_bytes(3, 1).float() / 255  # more than two chunks
    images[1] = training[8765].float() / 255
    nearest = nearest_training(images, training)
    assert nearest.indices[1] == 8765
    assert nearest.distances[1] == 0
    assert nearest.distances[[0, 2]].min() > 0.1


def test_agrees_with_comparing_all_pairs():
    training, images = some_bytes(500, 0), some_bytes(40, 1).float() / 255
    pairs = (images[:, None] - training[None].float() / 255).square().mean((2, 3, 4)).sqrt()
    nearest = nearest_training(images, training)
    torch.testing.assert_close(nearest.distances, pairs.min(1).values)
    assert torch.equal(nearest.indices, pairs.argmin(1))


def test_black_and_white_are_one_apart():
    white = torch.full((1, 1, 8, 8), 255, dtype=torch.uint8)
    assert nearest_training(torch.zeros(1, 1, 8, 8), white).distances.tolist() == [1.0]
