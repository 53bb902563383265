"""The evaluation's classifier: one class an image, or one value of each of its attributes."""

import torch

import generative
from generative.data import known
from generative.data.examples import examples
from generative.models.classifier import Classifier, ClassifierConfig, grouped
from generative.training.classifier import ClassifierRecipe

WORDS = ("hat: yes", "hat: no", "eyes: blue", "eyes: green", "eyes: brown")
IMAGES = torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def tiny(classes: tuple[str, ...], channels: int = 4) -> Classifier:
    torch.manual_seed(0)
    return Classifier(ClassifierConfig((), 8, 3, labels=classes, channels=channels)).eval()


def test_classes_are_grouped_by_what_stands_before_the_colon() -> None:
    assert grouped(WORDS) == {"hat": slice(0, 2), "eyes": slice(2, 5)}
    assert grouped(("Bag", "Shirt")) == {"class": slice(0, 2)}
    kind = known.dataset("avatars")
    assert {n: c.stop - c.start for n, c in grouped(kind.labels).items()} == {
        n: len(v) for n, v in kind.attributes.items()
    }


def test_each_attribute_is_a_distribution_of_its_own() -> None:
    model = tiny(WORDS)
    logits, attributes = model.classify(IMAGES), model.attributes(IMAGES)
    assert logits.shape == (5, 5) and [tuple(v.shape) for v in attributes.values()] == [(5, 2), (5, 3)]
    for name, columns in model.groups.items():
        torch.testing.assert_close(attributes[name].exp().sum(1), torch.ones(5))
        assert torch.equal(attributes[name].argmax(1), logits[:, columns].argmax(1))


def test_the_loss_is_the_sum_over_attributes_and_the_accuracy_their_mean() -> None:
    labels = torch.tensor([[0, 2], [1, 1], [0, 0], [1, 2], [1, 1]])

    def measured(classes: tuple[str, ...], columns: slice, labels: torch.Tensor) -> tuple[float, float]:
        recipe = ClassifierRecipe(whole)
        recipe.columns = list(grouped(classes).values())
        recipe.networks["model"] = lambda images: whole(images)[:, columns]
        torch.manual_seed(1)
        loss, record = recipe.loss(IMAGES, labels)
        return loss.item(), record["accuracy"].item()

    whole = tiny(WORDS)
    both = measured(WORDS, slice(0, 5), labels)
    hat, eyes = measured(WORDS[:2], slice(0, 2), labels[:, :1]), measured(WORDS[2:], slice(2, 5), labels[:, 1])
    assert abs(both[0] - hat[0] - eyes[0]) < 1e-5
    assert abs(both[1] - (hat[1] + eyes[1]) / 2) < 1e-6


def test_it_learns_two_attributes_at_once() -> None:
    """Brightness of the red and of the blue channel, each on or off."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(2, (256, 2), generator=generator)
    images = 0.2 * torch.rand(256, 3, 8, 8, generator=generator)
    images[:, 0] += 0.8 * labels[:, 0, None, None]
    images[:, 2] += 0.8 * labels[:, 1, None, None]
    model = tiny(("red: no", "red: yes", "blue: no", "blue: yes")).train()
    recipe = ClassifierRecipe(model)
    for step in range(60):
        part = slice(step % 4 * 64, step % 4 * 64 + 64)
        loss, record = recipe.loss(images[part], labels[part])
        recipe.optimisers["model"].zero_grad()
        loss.backward()
        recipe.optimisers["model"].step()
    assert record["accuracy"] > 0.95


def test_the_committed_classifier_knows_its_bundled_images() -> None:
    model = generative.load("fashion-mnist/classifier")
    images = examples("fashion-mnist")
    right = model.classify(images.flatten(0, 1)).argmax(1).view(10, 10) == torch.arange(10)[:, None]
    assert right.float().mean() > 0.85
    assert list(model.attributes(images[0])) == ["class"]
