import pytest
import torch

from generative.evaluation.classes import class_agreement, class_shares, entropy_bits


def test_agreement_is_the_share_of_requests_that_were_met():
    logits = torch.eye(4)
    assert class_agreement(logits, torch.arange(4)) == 1
    assert class_agreement(logits, torch.tensor([0, 1, 0, 0])) == 0.5


def test_entropy_is_full_when_classes_are_equally_frequent_and_none_when_one_takes_all():
    assert entropy_bits(class_shares(torch.eye(8))) == pytest.approx(3)
    assert entropy_bits(class_shares(torch.eye(8)[[2, 2]])) == 0
