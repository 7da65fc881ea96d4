"""Several processes, on one machine or many, that train one run together.

`torchrun` starts them and says in the environment which of how many each is. Every process draws
the same random numbers for the whole batch and works on its share of it; gradients are averaged
after `backward`, so that all processes take the step that one would have taken with the whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as processes
from torch import Tensor

from aigc_procgen.core.errors import InvalidArgument, ProcgenError

__all__ = ["ALONE", "LostWorkers", "Workers", "join_workers"]

_PATIENCE = timedelta(minutes=10)  # one may read a large set from a cold disk, or write a snapshot


class LostWorkers(ProcgenError):
    """Another process of the run is gone or has been silent for too long."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Which of how many processes this one is. Alone, every method gives back what it got."""

    rank: int = 0
    count: int = 1
    local: int = 0  # number on its own machine: which GPU is this process's

    @property
    def first(self) -> bool:
        """Whether this process writes the run's folder and speaks to the user."""
        return self.rank == 0

    @property
    def share(self) -> slice:
        """What of a batch is this process's: every `count`-th picture.

        A stride and not a block, so that a share of the batch's first half is the first half of
        the share.
        """
        return slice(self.rank, None, self.count)

    def check_batch(self, batch: int) -> None:
        """Raises `InvalidArgument` unless half a batch can be shared out evenly."""
        if self.count > 1 and batch % (2 * self.count):
            raise InvalidArgument(
                f"batch must be a multiple of {2 * self.count} for {self.count} processes, which "
                f"share each half of it, not {batch}"
            )

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Raises `InvalidArgument` in every process if one of the facts differs between two."""
        if self.count == 1:
            return
        gathered: list[Mapping[str, str]] = [{}] * self.count
        with _together(self):
            processes.all_gather_object(gathered, dict(facts))
        for rank, theirs in enumerate(gathered):
            for name, value in gathered[0].items():
                if theirs.get(name) != value:
                    raise InvalidArgument(
                        f"process {rank} has {name} {theirs.get(name)!r:.80}, process 0 has "
                        f"{value!r:.80}: start all with the same command, data and run folder"
                    )

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Replaces the gradients by their mean over all processes, in one message."""
        if self.count == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        self._sum(flat)
        flat /= self.count
        sizes = [gradient.numel() for gradient in gradients]
        for gradient, mean in zip(gradients, torch.split(flat, sizes), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def average(self, numbers: dict[str, float]) -> dict[str, float]:
        """The means of named numbers over all processes; the names are the same in each."""
        if self.count == 1 or not numbers:
            return numbers
        values = torch.tensor(list(numbers.values()), dtype=torch.float64)
        self._sum(values)
        return dict(zip(numbers, (values / self.count).tolist(), strict=True))

    def agree(self, decision: bool) -> bool:
        """What the first process decided."""
        if self.count == 1:
            return decision
        told = torch.tensor([decision], dtype=torch.uint8)
        with _together(self):
            processes.broadcast(told, 0)
        return bool(told.item())

    def copy_first(self, tensors: Iterable[Tensor]) -> None:
        """Overwrites tensors by the first process's."""
        if self.count > 1:
            with _together(self), torch.no_grad():
                for tensor in tensors:
                    whole = tensor.detach().contiguous()
                    processes.broadcast(whole, 0)
                    tensor.copy_(whole)

    def _sum(self, values: Tensor) -> None:
        with _together(self):
            processes.all_reduce(values)


ALONE = Workers()


@contextmanager
def join_workers(patience: timedelta = _PATIENCE) -> Iterator[Workers]:
    """The processes that `torchrun` started with this one, until the block ends; else `ALONE`.

    Raises `LostWorkers` if they do not all arrive, or one is silent for longer than `patience`.
    """
    try:
        count = int(os.environ.get("WORLD_SIZE", "1"))
        rank, local = int(os.environ.get("RANK", "0")), int(os.environ.get("LOCAL_RANK", "0"))
    except ValueError as error:
        raise InvalidArgument(
            f"WORLD_SIZE, RANK and LOCAL_RANK must be what torchrun sets: {error}"
        ) from None
    if count == 1:
        yield ALONE
        return
    workers = Workers(rank=rank, count=count, local=local)
    # Small messages between hosts stay off the GPU, so that they do not wait for its work.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    with _together(workers):
        processes.init_process_group(backend, rank=rank, world_size=count, timeout=patience)
    try:
        yield workers
        # Nobody hangs up while another still has something to say.
        with _together(workers):
            processes.barrier()
    finally:
        processes.destroy_process_group()


@contextmanager
def _together(workers: Workers) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError) as error:  # torch's own errors have no narrower base
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise LostWorkers(
            f"process {workers.rank} of {workers.count} lost the others ({reason:.200}): see what "
            f"they say, then start all again, they go on from the last snapshot"
        ) from error
