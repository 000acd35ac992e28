"""The folder of a worker that has no file system of its own: how full it is, and how it is emptied.

Its content is the student's doing. Nothing here recurses, follows a link, or builds a path of more than
two names below the folder, so that no depth and no name can get in the way.
"""

from __future__ import annotations

import os

FILES_CAP = 4096


def is_over(folder: str, mib: int) -> bool:
    """True when more than `mib` MiB lie in `folder`, too many files, or what cannot be counted."""
    total = files = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if files > FILES_CAP or total > mib << 20:
                        return True
        except (FileNotFoundError, NotADirectoryError):
            continue  # it went away meanwhile
        except OSError:  # too deep for a path, or closed: nobody works there but to hide something
            return True
    return False


def empty(folder: str) -> None:
    """Removes everything in a folder; its owner calls this when nobody works there any more.

    What lies in a subfolder is moved up before the subfolder goes. Raises OSError.
    """
    top = _open_folder(folder)
    try:
        number = 0
        while names := os.listdir(top):
            for name in names:
                if _unlink(name, top):
                    continue
                inner = _open_folder(name, top)
                try:
                    number = _move_up(inner, top, number)
                finally:
                    os.close(inner)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)


def _unlink(name: str, folder: int) -> bool:
    """Removes an entry that is no folder; False when it is one."""
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        return False
    return True


def _open_folder(name: str, parent: int | None = None) -> int:
    """A descriptor of a folder, whatever its owner set its permissions to."""
    os.chmod(name, 0o700, dir_fd=parent)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)


def _move_up(inner: int, top: int, number: int) -> int:
    """Empties `inner`: its folders go to `top` under new names, everything else goes for good."""
    for name in os.listdir(inner):
        if _unlink(name, inner):
            continue
        os.chmod(name, 0o700, dir_fd=inner)  # moving a folder writes into it
        while _is_there(f"{number}", top):
            number += 1
        os.rename(name, f"{number}", src_dir_fd=inner, dst_dir_fd=top)
    return number


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
