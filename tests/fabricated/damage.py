"""Files as disks, transfers and other programs leave them."""
import random

_REPLACEMENTS = (b'', b'\0', b'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', b'<!DOCTYPE html>',
                 b'{}', b'[]', b'\xff\xfe\0\0', b'PK\x05\x06' + b'\0' * 18, b'[' * 100_000, b'\x80\x04N.')


def damaged(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    """A damaged variant of a file's content, and what was done to it."""
    changed = bytearray(content)
    how = rng.choice(('cut', 'flip', 'overwrite', 'zeros', 'remove', 'insert', 'swap', 'append', 'head', 'tail',
                      'replace'))
    at = rng.randrange(len(changed))
    size = rng.choice((1, 2, 8, 64, 512))
    if how == 'cut':
        del changed[at:]
    elif how == 'flip':
        for place in rng.sample(range(len(changed)), min(size, len(changed))):
            changed[place] ^= 1 << rng.randrange(8)
    elif how in ('overwrite', 'zeros', 'head', 'tail'):
        at = {'head': rng.randrange(min(len(changed), 200)), 'tail': max(0, len(changed) - rng.randrange(1, 200))}.get(
            how, at)
        changed[at:at + size] = bytes(size) if how == 'zeros' else rng.randbytes(size)
    elif how == 'remove':
        del changed[at:at + size]
    elif how == 'insert':
        changed[at:at] = rng.randbytes(size)
    elif how == 'swap':
        changed[at:], changed[:at] = changed[:len(changed) - at], changed[len(changed) - at:]
    elif how == 'append':
        changed += rng.randbytes(size)
    else:
        return rng.choice(_REPLACEMENTS), how
    return bytes(changed), f'{how} at {at}, {size}'
