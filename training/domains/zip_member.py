"""The content of a zip archive's member, in no more memory than the member may take, whatever it claims."""
import bz2
import copy
import errno
import lzma
import threading
import zipfile
import zlib
from typing import Any

_LARGEST_DICTIONARY = 128 * 1024 ** 2  # bytes of memory that LZMA may ask for; its highest preset asks for half of it


def content_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo, largest: int, lock: threading.Lock) -> bytes:
    """Decompress a member.

    zipfile trusts the sizes that an archive claims: of a few kilobytes of BZIP2 or LZMA it makes gigabytes before it
    looks. Here decompression ends at the claimed size, which is at most `largest`.

    Parameters
    ----------
    archive : zipfile.ZipFile
    member : zipfile.ZipInfo
        Of the archive.
    largest : int
        Bytes.
    lock : threading.Lock
        Held while the archive is read, not while it is decompressed.

    Raises
    ------
    ValueError
        If the member claims to be larger, is damaged or encrypted, or is not what it claims to be.
    """
    if max(member.file_size, member.compress_size) > largest:
        raise ValueError(f'claims to be larger than {largest // 1024 ** 2} MB')
    try:
        with lock:
            packed = _packed(archive, member)
        content = _decompressed(packed, member.compress_type, member.file_size + 1)  # a byte more would be too many
    except (zipfile.BadZipFile, EOFError, RuntimeError, ValueError) as error:  # NotImplementedError is a RuntimeError
        raise ValueError(f'damaged or encrypted in the archive: {error}') from error
    if len(content) != member.file_size:
        raise ValueError(f'damaged in the archive: {"more" if len(content) > member.file_size else "fewer"} than the '
                         f'{member.file_size:,} bytes that it claims')
    if zlib.crc32(content) != member.CRC:
        raise ValueError('damaged in the archive: its checksum does not match')
    return content


def _packed(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes as they lie in the archive: those of a stored member of the compressed size."""
    stored = copy.copy(member)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, member.compress_size
    del stored.CRC  # it is that of the decompressed content
    try:
        with archive.open(stored) as file:
            return file.read()
    except OSError as error:
        if error.errno != errno.EINVAL:  # what the operating system says of a place before the beginning of the file
            raise
        raise ValueError('its place in the archive is damaged') from error


def _decompressed(packed: bytes, method: int, most: int) -> bytes:
    """At most so many bytes of content; ValueError where they cannot be had."""
    if method == zipfile.ZIP_STORED:
        return packed[:most]
    try:
        if method == zipfile.ZIP_DEFLATED:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
        if method == zipfile.ZIP_BZIP2:
            return bz2.BZ2Decompressor().decompress(packed, most)
        if method == zipfile.ZIP_LZMA:
            return _lzma(packed).decompress(packed[9:], most)
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:  # bz2 raises an OSError on damaged data
        raise ValueError(str(error)) from error
    raise ValueError(f'compressed by method {method}, which cannot be read: pack it anew with Deflate')


def _lzma(packed: bytes) -> lzma.LZMADecompressor:
    """Decompressor by a member's header: version, size of the properties, properties (zip's APPNOTE, 5.8.8)."""
    if len(packed) < 9 or packed[2:4] != b'\x05\x00':
        raise ValueError('its LZMA header is damaged')
    numbers, dictionary = packed[4], int.from_bytes(packed[5:9], 'little')
    if numbers >= 9 * 5 * 5 or dictionary > _LARGEST_DICTIONARY:
        raise ValueError('its LZMA properties are damaged')
    chain: list[dict[str, Any]] = [{'id': lzma.FILTER_LZMA1, 'dict_size': dictionary, 'lc': numbers % 9,
                                    'lp': numbers // 9 % 5, 'pb': numbers // 45}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)
