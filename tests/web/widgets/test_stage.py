"""What a run sends the browser."""

import torch

from generative.frame import Frame, View
from generative.web.widgets.stage.stage import frame_message


def test_of_large_pictures_only_the_result_is_sent_whole() -> None:
    images = torch.rand(2, 3, 128, 128)
    frames = [Frame(images, step, 2, "", {"x_t": View("Noise", "", images)}) for step in (1, 2)]
    first, last = frame_message("run", frames, [0, 1])["frames"]
    whole = 4 * images.numel() // 3
    assert first["shape"] == last["shape"] == [2, 3, 128, 128]
    assert len(last["views"]["image"]) == whole
    assert {len(view) for view in (last["views"]["x_t"], *first["views"].values())} == {whole // 4}
    (small,) = frame_message("run", [Frame(images[..., :64, :64], 1, 2, "")], [0, 1])["frames"]
    assert len(small["views"]["image"]) == whole // 4 and small["shape"] == [2, 3, 64, 64]
