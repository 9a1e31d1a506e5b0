"""Files compressed in blocks (BGZF, as bgzip and BCF have it): finding blocks and lines, and copying a stretch.

A place is a virtual offset as htslib has it: where a block starts in the file << 16 | a byte of what the block holds.
"""

import zlib
from typing import BinaryIO

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a whole file."""

_MAGIC, _FIELD = b"\x1f\x8b\x08\x04", b"\x06\x00BC\x02\x00"
_HEAD, _FOOT = 18, 8
_LARGEST = 1 << 16
_FOLLOWING = 2
"""Blocks that must follow one another for the first of them to be taken as one, where a search began anywhere."""
_COMPRESSED_AT_ONCE = 1 << 15
_AT_ONCE = 1 << 20


class BlockError(Exception):
    """Where a block should be there is none, or it does not hold what it says."""


def is_bgzf(head: bytes) -> bool:
    """Whether a file that begins so is compressed in blocks; plain gzip is not."""
    return len(head) >= _HEAD and head[:4] == _MAGIC and head[10:16] == _FIELD


class Blocks:
    """A file of blocks, open for reading."""

    end = END

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, 2)

    def read(self, start: int) -> tuple[bytes, int]:
        """What the block at `start` holds, and where the next one starts."""
        size = self._size(start)
        if size is None:
            raise BlockError
        self._stream.seek(start)
        block = self._stream.read(size)
        try:
            data = zlib.decompress(block[_HEAD:-_FOOT], wbits=-15)
        except zlib.error as error:
            raise BlockError from error
        if zlib.crc32(data) != int.from_bytes(block[-_FOOT:-4], "little"):
            raise BlockError
        return data, start + size

    def packed(self, data: bytes) -> bytes:
        """Bytes as such a file has them."""
        return _blocks(data)

    def place(self, length: int) -> int:
        """Where the byte number `length` of all that the file holds is."""
        start = 0
        while start < self.size:
            data, following = self.read(start)
            if length < len(data):
                return start << 16 | length
            length, start = length - len(data), following
        return start << 16

    def bytes_at(self, place: int, length: int) -> bytes:
        """So many bytes from a place on, less at the end of the file."""
        start, skipped, found = place >> 16, place & 0xFFFF, b""
        while start < self.size and len(found) < length:
            data, start = self.read(start)
            found, skipped = found + data[skipped:], 0
        return found[:length]

    def cuts(self, first: int, offsets: list[int]) -> list[int]:
        """The places of the first lines that start after these bytes of the file and after `first`."""
        return [place for offset in offsets if (place := self._line_after(self._block_from(offset))) > first]

    def copy(self, first: int, last: int, out: BinaryIO) -> None:
        """Write what lies from one place up to another, in blocks, without those that end a file."""
        start, skipped = first >> 16, first & 0xFFFF
        end, kept = last >> 16, last & 0xFFFF
        if skipped:
            data, following = self.read(start)
            out.write(_blocks(data[skipped : kept if start == end else None]))
            if start == end:
                return
            start = following
        self._stream.seek(start)
        _copy(self._stream, end - start, out)
        if kept:
            out.write(_blocks(self.read(end)[0][:kept]))

    def _size(self, start: int) -> int | None:
        """Bytes of the block at `start`; none where no whole block is."""
        self._stream.seek(start)
        head = self._stream.read(_HEAD)
        if not is_bgzf(head):
            return None
        size = int.from_bytes(head[16:18], "little") + 1
        return size if _HEAD + _FOOT <= size <= self.size - start else None

    def _block_from(self, offset: int) -> int:
        """The first block that starts at or after a byte of the file."""
        self._stream.seek(offset)
        window = self._stream.read(2 * _LARGEST)
        found = window.find(_MAGIC)
        while found >= 0:
            if self._is_chain(offset + found):
                return offset + found
            found = window.find(_MAGIC, found + 1)
        if offset + len(window) < self.size:
            raise BlockError
        return self.size

    def _is_chain(self, start: int) -> bool:
        for _ in range(1 + _FOLLOWING):
            if start == self.size:
                return True
            size = self._size(start)
            if size is None:
                return False
            start += size
        return True

    def _line_after(self, start: int) -> int:
        while start < self.size:
            data, following = self.read(start)
            end = data.find(b"\n") + 1
            if end:
                return start << 16 | end if end < len(data) else following << 16
            start = following
        return start << 16


class PlainText:
    """A file of lines as they are; a place is a byte of the file. As `Blocks` otherwise."""

    end = b""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, 2)

    def packed(self, data: bytes) -> bytes:
        """Bytes as such a file has them."""
        return data

    def place(self, length: int) -> int:
        """Where the byte number `length` of the file is."""
        return length

    def cuts(self, first: int, offsets: list[int]) -> list[int]:
        """The places of the first lines that start after these bytes and after `first`."""
        return [place for offset in offsets if (place := self._line_after(offset)) > first]

    def copy(self, first: int, last: int, out: BinaryIO) -> None:
        """Write what lies from one place up to another."""
        self._stream.seek(first)
        _copy(self._stream, last - first, out)

    def _line_after(self, offset: int) -> int:
        self._stream.seek(offset)
        self._stream.readline()
        return self._stream.tell()


def _copy(stream: BinaryIO, length: int, out: BinaryIO) -> None:
    while length > 0:
        data = stream.read(min(length, _AT_ONCE))
        if not data:
            raise BlockError
        out.write(data)
        length -= len(data)


def _blocks(data: bytes) -> bytes:
    pieces = (data[at : at + _COMPRESSED_AT_ONCE] for at in range(0, len(data), _COMPRESSED_AT_ONCE))
    return b"".join(map(_block, pieces))


def _block(data: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=-15)
    packed = packer.compress(data) + packer.flush()
    size = _HEAD + len(packed) + _FOOT - 1
    head = _MAGIC + bytes(6) + _FIELD + size.to_bytes(2, "little")
    return head + packed + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
