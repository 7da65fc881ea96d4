"""Where the pictures come from: a folder, a zip, or the public archive of an art release."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from .errors import DataError

__all__ = [
    "CRAWL_COMMIT",
    "CRAWL_DIGEST",
    "CRAWL_RELEASE",
    "NINJA_DIGEST",
    "NINJA_SOURCE",
    "download",
    "files_digest",
    "open_crawl",
    "open_ninja",
    "read_files",
]

CRAWL_COMMIT = "a6ea1655db5c044829d9eea19a232fa6fcac87b0"
CRAWL_ARCHIVE = f"https://codeload.github.com/crawl/tiles/zip/{CRAWL_COMMIT}"
CRAWL_RELEASE = "Nov-2015"
CRAWL_DIGEST = "6dbda62280ba43e58a9e69d29fdc4d0f9a48f927298ee5e560e2e26867467f50"
NINJA_SOURCE = "https://github.com/sparklinlabs/superpowers-asset-packs"
NINJA_ARCHIVE = (
    "https://codeload.github.com/sparklinlabs/superpowers-asset-packs/zip/refs/heads/master"
)
NINJA_DIGEST = "f361bfe0d7a09c814f322bdefb6d6c2b3cf78125e07126ce5c11c6b4cf53d20f"
MOST_BYTES = 256 * 1024 * 1024

Progress = Callable[[str, int, int], None]


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted (path, SHA-256 of the bytes) of the files, so of no container.

    >>> files_digest({}) == files_digest(dict())
    True
    """
    total = sha256()
    for path in sorted(files):
        total.update(f"{path}\0{sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def _junk(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _from_zip(data: bytes | Path, name: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            members = [
                item for item in archive.infolist() if item.filename.lower().endswith(".png")
            ]
            if sum(item.file_size for item in members) > MOST_BYTES:
                raise DataError(f"{name} unpacks to more than 256 MiB: pass the art's own archive")
            for item in members:
                path = PurePosixPath(item.filename)
                if not _junk(path):
                    found[str(path)] = archive.read(item)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        ValueError,
        RuntimeError,
    ) as error:
        raise DataError(f"{name} is not a whole zip file ({error}): fetch it again") from None
    except NotImplementedError as error:
        raise DataError(f"{name} is packed in a way that cannot be read: {error}") from None
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}") from None
    return found


def _from_folder(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        for file in sorted(folder.rglob("*")):
            path = PurePosixPath(file.relative_to(folder).as_posix())
            if file.suffix.lower() == ".png" and file.is_file() and not _junk(path):
                found[str(path)] = file.read_bytes()
    except OSError as error:
        raise DataError(f"{error.filename or folder} cannot be read: {error.strerror}") from None
    return found


def read_files(source: str | Path) -> dict[str, bytes]:
    """Path -> bytes of every PNG in a folder or a zip file (hidden files left out), or of one PNG.

    Raises `DataError` if the place is missing, unreadable or holds no PNG.
    """
    path = Path(source)
    if path.is_dir():
        found = _from_folder(path)
    elif path.is_file() and path.suffix.lower() == ".png":
        try:
            found = {path.name: path.read_bytes()}
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    elif path.is_file():
        found = _from_zip(path, str(path))
    else:
        raise DataError(f"{path} does not exist: pass a folder of PNG files, a zip file or a PNG")
    if not found:
        raise DataError(
            f"{path} holds no PNG file: pass a folder of PNG files, a zip file or a PNG"
        )
    return found


def download(address: str, most: int, advice: str, progress: Progress | None = None) -> bytes:
    """What lies at an address, up to `most` bytes; `DataError` with the `advice` if it fails."""
    parts: list[bytes] = []
    got = 0
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            while part := answer.read(1 << 18):
                got += len(part)
                if got > most:
                    raise DataError(
                        f"{address} is larger than {most >> 20} MiB: pass --from instead"
                    )
                parts.append(part)
                if progress is not None:
                    progress("download", got, max(total, got))
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise DataError(f"{address} cannot be downloaded ({reason}): {advice}") from None
    return b"".join(parts)


def _release(
    source: str | Path | None, archive: str, folder: str, advice: str, progress: Progress | None
) -> dict[str, bytes]:
    """Path inside `folder` -> bytes of the PNG files in the source, or in the archive downloaded
    if that is None; the source may be the folder itself.
    """
    if source is None:
        files = _from_zip(download(archive, MOST_BYTES, advice, progress), archive)
    else:
        files = read_files(source)
    inside = {path.split(folder, 1)[1]: data for path, data in files.items() if folder in path}
    return inside or files


def open_crawl(source: str | Path | None, progress: Progress | None = None) -> dict[str, bytes]:
    """Path inside the release -> bytes of the crawl tiles' PNG files.

    `source` is the archive (zip), a folder with a checkout of it or with the release itself, or
    None for a download of the public archive at its known commit. Raises `DataError` if it is
    none of these.
    """
    advice = "fetch it elsewhere and pass it with --from FILE"
    found = _release(source, CRAWL_ARCHIVE, f"releases/{CRAWL_RELEASE}/", advice, progress)
    if "player/base/human_m.png" not in found:
        raise DataError(
            f"{source} is not the crawl art: no releases/{CRAWL_RELEASE}/player/base/human_m.png "
            "in it; pass the archive of github.com/crawl/tiles"
        )
    return found


def open_ninja(source: str | Path | None, progress: Progress | None = None) -> dict[str, bytes]:
    """Path inside the folder ninja-adventure -> bytes of its PNG files.

    `source` is a zip file or a folder that holds it (or is it), or None for a download of the
    public repository. Raises `DataError` if it is none of these.
    """
    advice = f"fetch {NINJA_SOURCE} elsewhere and pass it with --from FILE"
    found = _release(source, NINJA_ARCHIVE, "ninja-adventure/", advice, progress)
    if "characters/1.png" not in found:
        raise DataError(
            f"{source} is not the Ninja Adventure art: no ninja-adventure/characters/1.png in it; "
            f"pass a zip or checkout of {NINJA_SOURCE}"
        )
    return found
