"""What a training run is made of: one frozen record, and the presets as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.records import Record

__all__ = ["ARCHITECTURES", "KINDS", "PRECISIONS", "PRESETS", "Config", "preset"]

KINDS = ("tiles", "sprites", "characters", "portraits")
ARCHITECTURES = ("r3gan", "dcgan")
PRECISIONS = ("auto", "float32", "bf16")
PRESETS = ("tiny", "small", "laptop", "gpu")


@dataclass(frozen=True, kw_only=True)
class Config(Record):
    """Everything that decides the outcome of a run, except the data.

    Durations are counted in images shown to the critic. A pair is (start, end): the value follows
    one cosine from start to end over the first `burn_in` images and stays there.
    """

    kind: str
    arch: str = "r3gan"
    preset: str = "laptop"
    seed: int = 0
    images: int = 600_000  # an hour or two of one core
    burn_in: int = 400_000
    # Of all processes together. Larger ones cost a CPU as much an image and give fewer steps.
    batch: int = 32
    latent: int = 64
    widths: tuple[int, ...] = (192, 96, 64)  # channels at 4x4, 8x8, 16x16
    fine: int = 16  # channels at 32x32: every one costs four times one at 16x16
    depth: int = 1  # residual blocks a resolution
    colours: int = 96  # size of the palette that the network draws with
    inks: int = 160  # that it chooses among if the set says what its colourings do; see recolour
    learning_rate: tuple[float, float] = (5e-4, 1e-4)  # 8e-4 fell apart
    beta2: tuple[float, float] = (0.9, 0.99)
    gamma: tuple[float, float] = (0.5, 0.25)
    penalty_interval: int = 16  # lazy R1 and R2; gamma * interval above 8 fell apart
    ema_half_life: int = 10_000  # in images; at most a twentieth of what was shown so far
    label_drop: float = 0.2  # share of attributes left open, so that G also invents
    shift: int = 2  # pixels; figures are aligned, more would move feet off the ground
    colour_jitter: tuple[float, float] = (0.0, 0.0)  # share of pairs shown in turned colours
    reconstruction: float = 40.0  # weight of the L1 term where the set says what it is made of
    code: int = 128  # learned numbers a part; with few, the parts of a figure blur into each other
    warm_up: int = 0  # images of drawing from parts alone, without a critic: 4 times as fast
    temperature: float = 0.06  # how far parts mix in training; see networks.Codebook
    drawn_temperature: float = 0.03  # and in the exported graph: purer than what was trained
    features: int = 0  # numbers a pixel's colour is chosen by; 0: it is mixed, see inks
    tidy: float = 0.0  # how much speckle the last layer of a sheet and an export clears away
    snapshot: int = 20_000  # images between checkpoints and sample sheets

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        check_choice("arch", self.arch, ARCHITECTURES)
        check_int("images", self.images, 1, 10**12)
        check_int("batch", self.batch, 2, 65536)
        check_int("colours", self.colours, 2, 255)
        check_int("inks", self.inks, 2, 255)
        check_int("fine", self.fine, 1, 4096)
        check_int("depth", self.depth, 1, 16)
        check_int("penalty_interval", self.penalty_interval, 1, 1024)
        check_int("snapshot", self.snapshot, 1, 10**12)
        if not 2 <= len(self.widths) <= 4 or min(self.widths) < 1:
            raise InvalidArgument(
                f"widths must be 2 to 4 positive channel counts (at 4x4, 8x8 and so on to half the "
                f"pictures' size), not {self.widths!r}"
            )
        check_int("code", self.code, 1, 4096)
        if self.features:
            check_int("features", self.features, 3, 256)
        check_int("warm_up", self.warm_up, 0, 10**12)
        for name in ("temperature", "drawn_temperature"):
            if getattr(self, name) <= 0:
                raise InvalidArgument(f"{name} must be above 0, not {getattr(self, name)!r}")
        if not 0 <= self.tidy <= 4:
            raise InvalidArgument(f"tidy must be in 0 <= tidy <= 4, not {self.tidy!r}")
        if not 0 <= self.label_drop < 1:
            raise InvalidArgument(f"label_drop must be in 0 <= p < 1, not {self.label_drop!r}")


_KIND_CHANGES: dict[str, dict[str, object]] = {
    # A texture rolled at random is hard to judge: at the figures' gamma the critic stays blind.
    "tiles": {"label_drop": 0.0, "shift": 0, "gamma": (0.05, 0.02)},
    # About eight thousand pictures: without turned colours the critic learns them by heart.
    # Half of one drawing mixed with half of another is neither, so they are drawn purely.
    "sprites": {
        "features": 8,
        "fine": 24,
        "code": 256,
        "label_drop": 0.0,
        "shift": 1,
        "colour_jitter": (0.2, 0.4),
        "drawn_temperature": 0.02,
        "warm_up": 170_000,
    },
    # Four frames come out of the thin layers, and thirteen slots of parts out of one code.
    "characters": {"features": 8, "fine": 24, "code": 384, "warm_up": 360_000},
    "portraits": {"features": 8, "code": 256, "warm_up": 220_000},
}
_PRESET_CHANGES: dict[str, dict[str, object]] = {
    # Minutes on two CPU cores: small, and visibly of its kind.
    "tiny": {
        "images": 30_000,
        "burn_in": 30_000,
        "widths": (96, 64, 48),
        "fine": 16,
        "ema_half_life": 1_000,
        "snapshot": 5_000,
    },
    # Somebody's own art: tens to hundreds of pictures of 16 pixels, in minutes a kind.
    "small": {"images": 140_000, "burn_in": 130_000, "widths": (96, 64, 48), "snapshot": 10_000},
    "laptop": {},
    # R3GAN's own 32x32 schedule with this project's cheaper blocks; no GPU has run it yet.
    "gpu": {
        "images": 40_000_000,
        "burn_in": 10_000_000,
        "batch": 512,
        "widths": (512, 384, 256),
        "fine": 64,
        "depth": 2,
        "learning_rate": (2e-4, 5e-5),
        "gamma": (0.05, 0.005),
        "penalty_interval": 1,
        "ema_half_life": 500_000,
        "snapshot": 500_000,
    },
}
# How the models that ship were trained: nearly all of the time goes to drawing parts, at a rate
# that would not do against a critic; the last images are judged by one.
_PALETTE_HEADS: dict[str, dict[str, object]] = {
    "sprites": {
        "colours": 192,  # of a table, which costs no time
        "images": 620_000,
        "warm_up": 590_000,
        "burn_in": 612_000,
        "fine": 32,
        "code": 384,
    },
    "characters": {
        "images": 560_000,
        "warm_up": 520_000,
        "burn_in": 560_000,
        "snapshot": 40_000,
    },
    "portraits": {
        "images": 620_000,
        "warm_up": 585_000,
        "burn_in": 610_000,
        "fine": 24,
        "drawn_temperature": 0.015,
    },
}
# What a preset changes for every kind.
_FOR_ALL_KINDS: dict[str, dict[str, object]] = {
    "tiny": {"code": 128, "warm_up": 20_000},
    # So few pictures are learnt by heart, so nearly all of the time goes to drawing them well, at
    # a rate that would not do against a critic; and mixtures of what is unlike are kept rare.
    "small": {
        "warm_up": 130_000,
        "learning_rate": (1e-3, 1e-4),
        "fine": 32,
        "ema_half_life": 4_000,
        "temperature": 0.06,
        "drawn_temperature": 0.02,
    },
}
_ARCH_CHANGES: dict[str, dict[str, object]] = {
    "r3gan": {},
    # The paper's own optimiser and no regularisation.
    "dcgan": {
        "learning_rate": (2e-4, 2e-4),
        "beta2": (0.999, 0.999),
        "label_drop": 0.0,
        "colour_jitter": (0.0, 0.0),
    },
}


def preset(kind: str, name: str = "laptop", arch: str = "r3gan", **changes: object) -> Config:
    """The `Config` of a preset, with `changes` on top; unknown names raise `InvalidArgument`.

    Of fewer (or more) `images` than the preset "laptop" has, as large a share is without a critic.

    >>> preset("tiles", "tiny").images
    30000
    """
    check_choice("kind", kind, KINDS)
    check_choice("preset", name, PRESETS)
    check_choice("arch", arch, ARCHITECTURES)
    settings: dict[str, Any] = {
        **_PRESET_CHANGES[name],
        **_KIND_CHANGES[kind],
        **_FOR_ALL_KINDS.get(name, {}),
    }
    if name == "laptop" and arch == "r3gan" and kind in _PALETTE_HEADS:
        settings |= {"learning_rate": (1e-3, 1e-4), **_PALETTE_HEADS[kind]}
        images = changes.get("images")
        if isinstance(images, int):  # a shorter run has its critic's share of it too
            for part in ("warm_up", "burn_in"):
                settings[part] = settings[part] * images // settings["images"]
    settings |= {**_ARCH_CHANGES[arch], **changes}
    base = Config(kind=kind, arch=arch, preset=name)
    if unknown := sorted(set(settings) - set(base.to_dict())):
        raise InvalidArgument(f"a training run has no setting {unknown[0]!r}")
    return replace(base, **settings)  # Config checks the values
