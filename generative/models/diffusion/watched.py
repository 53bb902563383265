"""Attention of diffusers that can be looked at while it works."""

from diffusers.models.attention_processor import Attention, AttnProcessor2_0
from torch import Tensor


class Watched(AttnProcessor2_0):
    """`seen` takes the shares of cross-attention, in the order of the layers, each (N, heads, places, words)."""

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        seen: list[Tensor] | None = None,
    ) -> Tensor:
        if seen is not None and encoder_hidden_states is not None:
            heads = [
                layer(x).unflatten(2, (attn.heads, -1)).transpose(1, 2)
                for layer, x in ((attn.to_q, hidden_states), (attn.to_k, encoder_hidden_states))
            ]
            scores = heads[0] @ heads[1].transpose(2, 3) * attn.scale
            if attention_mask is not None:
                scores = scores + attention_mask[:, None]
            seen.append(scores.softmax(3))
        return super().__call__(attn, hidden_states, encoder_hidden_states, attention_mask, temb)
