"""list and push: what models there are, here and on the hub."""

import argparse
import json

from generative.commands.opening import find
from generative.commands.terminal import columns, say
from generative.figures import estimate, measured
from generative.library import card, hub
from generative.library import entries as library
from generative.library.entries import Entry

KEY_FIGURES = {
    "fid": "FID",
    "bits_per_dim": "",
    "bits_per_dim_bound": "at most",
    "bits_per_token": "",
    "bits_per_character": "",
    "accuracy": "accuracy",
    "ms_per_image": "",
}


def list_models(arguments: argparse.Namespace) -> None:
    """`list`: a line for each model, or all that is known as JSON."""
    entries = library.available(arguments.root)
    if arguments.json:
        return say(json.dumps([entry.describe() for entry in entries], indent=2))
    if not entries:
        return say(f"No models in {arguments.root}. Train one, or name another folder with --root.")
    rows = [["MODEL", "STATE", "FAMILY", "CAN", "PARAMETERS", "SIZE", "FIGURES"]]
    damaged = []
    for entry in entries:
        if entry.problem:
            damaged.append([entry.id, f"unavailable: {entry.problem}"])
            continue
        size = f"{entry.file_size / 1e6:.1f} MB"
        abilities = ", ".join(entry.abilities)
        parameters = f"{entry.parameters:,}"
        rows.append([entry.id, entry.state, entry.family, abilities, parameters, size, key_figures(entry)])
    notes = [[entry.id, note] for entry in entries for note in entry.notes]
    say("\n".join(filter(None, [columns(rows), columns(damaged), columns(notes)])))


def key_figures(entry: Entry) -> str:
    """FID, bits/dim and their like in a few words, or "not measured"."""
    words = [
        f"{title} {estimate(name, figure)}".strip()
        for name, title in KEY_FIGURES.items()
        if (figure := measured(entry.metrics).get(name))
    ]
    return ", ".join(words) or "not measured"


def push(arguments: argparse.Namespace) -> None:
    """`push`: refresh the card and upload the folder."""
    entry = find(arguments.model, arguments.root)
    if not arguments.model.startswith("hf:"):  # the hub's cache is not ours to change
        card.write_card(entry.folder)
    say(hub.push(entry.folder, arguments.repo, arguments.private))
