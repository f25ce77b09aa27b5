"""A folder of results: a journal while runs are done, then tidy rows, a summary and a receipt.

``journal`` is append-only: one line per run, each with a checksum, so that whatever ends the program, at most the last
line is torn, and everything before it counts. ``rows.parquet``, ``summary.json`` and at last ``receipt.json`` replace
it when all runs are there. The receipt has checksums of the rows and of itself, so that a changed file is refused.
One sweep at a time may write: the system holds the lock for as long as its process lives, and its file goes with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import ENOENT
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import msgspec

from sim.experiments import folder_rows
from sim.experiments.folder_rows import Row, Rows
from sim.experiments.plan import Plan

JOURNAL, LOCK = "journal", ".lock"
ROWS, CSV, SUMMARY, RECEIPT = "rows.parquet", "rows.csv", "summary.json", "receipt.json"
#: What else may stand beside results: what an exploration of their cells found, a report.
_OURS = {JOURNAL, LOCK, ROWS, CSV, SUMMARY, RECEIPT, "explored.json", "report.html"}
FORMAT = 1


class FolderError(Exception):
    """A results folder cannot be used or written; the message says why and what is possible."""


class Folder:
    """A results folder that this process may write to."""

    def __init__(self, path: Path, plan: Plan, *, version: str, scheme: int) -> None:
        self.path = path
        self.plan = plan
        self.head = {"journal": FORMAT, "plan": plan.hash, "version": version, "random_scheme": scheme}
        self._file: int | None = None
        self._vouched: set[str] = set()

    # --- what is there ------------------------------------------------------------------------------------------------

    def load(self, rows: Rows, resume: bool) -> int:
        """Take up what earlier sweeps left here; how many runs that were. ``FolderError`` if it is not ours."""
        there = _there(self.path)
        if not there & {JOURNAL, RECEIPT}:
            return 0
        self._same_scenario(there)
        if not resume:
            raise FolderError(f"{self.path}: holds results of this sweep; --resume goes on, or give another folder")
        count = self._load_journal(rows) if JOURNAL in there else 0
        if RECEIPT in there:  # without one, the journal has everything
            check_rows(self.path, read_receipt(self.path), also=self._vouched)
            count += sum(map(rows.add, read_rows(self.path, self.plan)))
        return count

    def _same_scenario(self, there: set[str]) -> None:
        head = read_receipt(self.path) if RECEIPT in there else self._journal_head()
        if head is None:
            return
        if head.get("plan") != self.plan.hash:
            raise FolderError(
                f"{self.path}: holds results of another scenario (or of other variants, levels or measures); "
                "give another folder"
            )
        for key in ("version", "random_scheme"):
            if head.get(key) != self.head[key]:
                raise FolderError(
                    f"{self.path}: was made by another {key.replace('_', ' ')} of this program ({head.get(key)}, "
                    f"this is {self.head[key]}); its runs cannot be mixed with new ones"
                )

    def _journal_head(self) -> dict[str, Any] | None:
        with (self.path / JOURNAL).open("rb") as file:
            first = file.readline()
        if not first.endswith(b"\n"):
            return None  # it ended before anything was done
        head = _line(first, self.path / JOURNAL, 1)
        if not isinstance(head, dict) or head.get("journal") != FORMAT:
            raise FolderError(f"{self.path / JOURNAL}: is no journal of a sweep")
        return head

    def _load_journal(self, rows: Rows) -> int:
        """Rows of the journal; a torn last line is cut off, anything else that is wrong is an error."""
        path, count, good = self.path / JOURNAL, 0, 0
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                found = _line(line, path, number)
                if isinstance(found, dict) and "rows" in found:
                    self._vouched.add(found["rows"])
                elif number > 1:
                    try:
                        count += rows.add(msgspec.convert(found, Row))
                    except (msgspec.ValidationError, ValueError, IndexError) as error:
                        raise FolderError(f"{path}:{number}: is no run of this sweep: {error}") from None
                good += len(line)
        with self._writing(), path.open("r+b") as file:
            file.truncate(good)
        return count

    # --- writing ------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the journal; its first line says what it belongs to."""
        with self._writing():
            self._file = os.open(self.path / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            if os.fstat(self._file).st_size == 0:
                self._append(_packed(self.head))

    def keep(self, rows: Sequence[Row]) -> None:
        """Rows into the journal, before anybody counts them as done."""
        with self._writing():
            assert self._file is not None
            if os.fstat(self._file).st_nlink == 0:  # it can be written to, and nobody will ever read it
                raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
            self._append(b"".join(map(_packed, rows)))

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        while data:
            data = data[os.write(self._file, data) :]

    def finish(self, rows: Rows, receipt: dict[str, Any], summary: bytes, csv: bool) -> None:
        """The results proper in place of the journal; the receipt comes last, so a folder that has one is whole."""
        with self._writing():
            with self._replacing(ROWS) as file:
                write_parquet(rows, file)
                file.flush()
                digest = _sha256(Path(file.name))
                self._vouch(digest)
            if csv:
                with self._replacing(CSV) as file:
                    write_csv(rows, file)
            with self._replacing(SUMMARY) as file:
                file.write(summary)
            with self._replacing(RECEIPT) as file:
                file.write(
                    json.dumps(sealed(receipt | {"rows": digest}), indent=1, ensure_ascii=False).encode() + b"\n"
                )
            self.close()
            (self.path / JOURNAL).unlink(missing_ok=True)

    def _vouch(self, digest: str) -> None:
        """Rows of that checksum are ours: an older receipt does not know them, should all end before the new one."""
        self._append(_packed({"rows": digest}))
        assert self._file is not None
        os.fsync(self._file)

    def close(self) -> None:
        """Leave the journal as it is."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextmanager
    def _replacing(self, name: str) -> Iterator[BinaryIO]:
        part = self.path / f".{name}.part"
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path / name)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"{self.path}: cannot write the results: {error.strerror or error}"
            if not keeps(self.path):
                raise FolderError(f"{message}; the journal is gone, and what was done is not kept") from None
            raise FolderError(f"{message}; what is done is kept, and --resume goes on with it") from None


@contextmanager
def opened(path: str | os.PathLike[str], plan: Plan, *, version: str, scheme: int) -> Iterator[Folder]:
    """The folder at ``path``, made if there is none, and nobody else's until it is closed."""
    place = Path(path)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _there(place)
        lock = _locked(place)
    except FileExistsError:
        raise FolderError(f"{place}: is a file and no folder") from None
    except OSError as error:
        raise FolderError(f"{place}: cannot be used for results: {error.strerror or error}") from None
    folder = Folder(place, plan, version=version, scheme=scheme)
    try:
        yield folder
    finally:
        folder.close()
        _unlocked(lock, place)


def keeps(place: Path) -> bool:
    """Whether a folder has runs that --resume can go on with: a sweep's folder may be deleted while it runs."""
    return (place / JOURNAL).exists() or (place / RECEIPT).exists()


def _there(place: Path) -> set[str]:
    """What is in a folder; ``FolderError`` where that is something else than results."""
    there = {one.name for one in place.iterdir()}
    strange = sorted(name for name in there if name not in _OURS and not name.startswith("."))
    if strange and not there & {JOURNAL, RECEIPT}:
        raise FolderError(f"{place}: holds other things ({', '.join(strange[:3])}); give an empty folder")
    return there


def _locked(place: Path) -> int:
    """A lock that is held until this process ends, however it ends; who holds it otherwise is told.

    The file goes when the lock does, so a file that was opened before it went and held after that is no lock: another
    one is, which others hold.
    """
    while True:
        lock = os.open(place / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _hold(lock)
        except OSError:
            other = os.pread(lock, 20, 0).decode(errors="replace").strip() if hasattr(os, "pread") else ""
            os.close(lock)
            by = f" (process {other})" if other.isdigit() else ""
            message = f"{place}: another sweep writes there{by}; wait for it, or give another folder"
            raise FolderError(message) from None
        if _is_there(lock, place):
            os.ftruncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
            return lock
        os.close(lock)


def _is_there(lock: int, place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), (place / LOCK).stat())
    except FileNotFoundError:
        return False


def _unlocked(lock: int, place: Path) -> None:
    """Take the file away while it is still held, where the system lets open files go; then let go of it."""
    with suppress(OSError):
        if _is_there(lock, place):  # the folder may have been deleted, and made again by others
            (place / LOCK).unlink()
    os.close(lock)


def _hold(lock: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


# --- lines ------------------------------------------------------------------------------------------------------------


def _packed(thing: Any) -> bytes:
    data = msgspec.json.encode(thing)
    return b"%08x %s\n" % (crc32(data), data)


def _line(line: bytes, path: Path, number: int) -> Any:
    data = line[9:-1]
    if line[:9] != b"%08x " % crc32(data):
        raise FolderError(f"{path}:{number}: is damaged (its checksum is wrong); begin again in another folder")
    return msgspec.json.decode(data)


# --- tables -----------------------------------------------------------------------------------------------------------


def write_parquet(rows: Rows, file: BinaryIO) -> None:
    """Rows as Parquet, a row group per cell; the same rows give the same bytes."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, folder_rows.schema(rows.plan), compression="zstd") as writer:
        for batch in folder_rows.batches(rows):
            writer.write_batch(batch)


def write_csv(rows: Rows, file: BinaryIO) -> None:
    """Rows as CSV with a head; what was not observed is an empty field."""
    from pyarrow import csv

    with csv.CSVWriter(file, folder_rows.schema(rows.plan)) as writer:
        for batch in folder_rows.batches(rows):
            writer.write_batch(batch)


def read_rows(path: Path, plan: Plan) -> Iterator[Row]:
    """The rows of a folder of this plan, one by one; ``FolderError`` if they are of another."""
    found = read_table(path)
    if (found.schema.metadata or {}).get(b"trust-triangle") != plan.hash.encode():
        raise FolderError(f"{path / ROWS}: holds rows of another sweep than {RECEIPT} says")
    properties = [f"violations.{name}" for name in plan.properties]
    for batch in found.to_batches(max_chunksize=1_000):
        for row in batch.to_pylist():
            numbers = [row[name] for name in plan.cells[row["cell"]].names]
            counts = [(place, row[name]) for place, name in enumerate(properties) if row[name]]
            ended = round(row["ended_at_s"] * 1e6)
            yield Row(row["cell"], row["run"], row["digest"], ended, row["messages"], numbers, counts)


def read_table(path: Path) -> Any:
    """The rows of a folder as a pyarrow table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path / ROWS, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else str(error).splitlines()[0]
        raise FolderError(f"{path / ROWS}: cannot be read: {why}") from None


def read_receipt(path: Path) -> dict[str, Any]:
    """The receipt of a folder; ``FolderError`` says what is wrong with it, also that it was changed."""
    found = _read_object(path, RECEIPT, ("plan", "source", "digest", "runs", "command", "rows", "seal"))
    if sealed(found)["seal"] != found["seal"]:
        raise FolderError(f"{path / RECEIPT}: was changed after the sweep wrote it (its seal is wrong)")
    return found


def sealed(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt with its ``seal``: the SHA-256 of everything else in it, keys sorted, without spaces."""
    plain = {key: value for key, value in json.loads(json.dumps(receipt)).items() if key != "seal"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return plain | {"seal": f"sha256:{sha256(text.encode()).hexdigest()}"}


def check_rows(path: Path, receipt: Mapping[str, Any], also: Collection[str] = ()) -> None:
    """``FolderError`` if the rows are not, byte by byte, those of ``receipt`` (or of the checksums ``also``)."""
    try:
        found = _sha256(path / ROWS)
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or error
        raise FolderError(f"{path / ROWS}: cannot be read: {why}") from None
    if found != receipt["rows"] and found not in also:
        raise FolderError(
            f"{path / ROWS}: was changed after the sweep wrote it (its sha256 is not the one in {RECEIPT})"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{file_digest(file, 'sha256').hexdigest()}"


def read_summary(path: Path) -> dict[str, Any]:
    """The summary of a folder, as ``sim sweep --json`` prints it."""
    return _read_object(path, SUMMARY, ("cells", "differences", "exit"))


def _read_object(path: Path, name: str, needed: tuple[str, ...]) -> dict[str, Any]:
    if path.is_file():
        raise FolderError(f"{path}: is a file and no results folder")
    try:
        found = json.loads((path / name).read_bytes())
    except FileNotFoundError:
        if not path.is_dir():
            raise FolderError(f"{path}: there is no such folder") from None
        if (path / JOURNAL).exists():
            raise FolderError(f"{path}: the sweep is not finished; its command with --resume does that") from None
        raise FolderError(f"{path}: is no folder of results: it has no {name}") from None
    except (OSError, ValueError) as error:
        raise FolderError(f"{path / name}: cannot be read: {error}") from None
    if not isinstance(found, dict) or any(key not in found for key in needed):
        raise FolderError(f"{path / name}: is not what a sweep writes; it lacks {', '.join(needed)}")
    return found
