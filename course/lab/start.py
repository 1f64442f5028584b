"""JupyterLab on the student's notebooks: quiet, for this machine only, and asking nothing of the Internet."""

import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from course.lab import lecture, notebooks

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8888
FIRST_PAGE = "00-start-here.ipynb"
SETTINGS = Path(__file__).resolve().parent / "settings"


def start(folder: Path, port: int | None = None, *, open_browser: bool = True, is_lecture: bool = False) -> None:
    """Serve the folder in JupyterLab until Ctrl-C; with no port given, a free one is chosen.

    A lecture has larger letters, and what comes next in play() is hidden (course.lab.lecture).
    Raises ModuleNotFoundError where JupyterLab is not installed, and OSError where the port is taken.
    """
    from jupyterlab.labapp import LabApp  # noqa: PLC0415 - takes half a second, and only this command needs it

    if port is not None:
        require_free(port)
    prepare_terminals(folder)
    token = secrets.token_hex(16)
    own_settings = prepare_lecture(folder) if is_lecture else None
    given = arguments(folder, port, token, own_settings, open_browser=open_browser)
    server = LabApp.initialize_server(given)
    stop_on_signals(server)
    print(f"Your notebooks are in {folder}. To stop, press Ctrl-C here; your work stays.")
    address = f"http://{LOOPBACK}:{server.port}{server.default_url}?token={token}"
    server.io_loop.add_callback(print, f"Open  {address}", flush=True)  # the first moment at which it answers
    server.start()


def arguments(folder: Path, port: int | None, token: str, own_settings: Path | None = None, *,
              open_browser: bool) -> list[str]:  # fmt: skip
    """What JupyterLab is told; a token of our own is one that it does not announce at length.

    `own_settings` is a folder to use instead of the user settings of whoever starts it.
    """
    settings = {
        "ServerApp.root_dir": folder.resolve(),
        "ServerApp.ip": LOOPBACK,
        "ServerApp.port": port or FIRST_PORT,
        "ServerApp.port_retries": 0 if port else 50,
        "ServerApp.open_browser": open_browser,
        "ServerApp.allow_root": True,  # in a container everybody is root
        "ServerApp.log_level": "ERROR",
        "IdentityProvider.token": token,
        "ContentsManager.pre_save_hook": "course.lab.saving.before_saving",
        "KernelManager.transport_encryption": "auto",  # else each kernel warns that it talks in the clear
        "LabApp.default_url": "/lab/tree/" + FIRST_PAGE if (folder / FIRST_PAGE).exists() else "/lab",
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.workspaces_dir": folder.resolve() / ".workspaces",  # tabs of other projects stay where they are
        "LabApp.log_level": "ERROR",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
    }
    if own_settings:
        settings["LabApp.user_settings_dir"] = own_settings
    return [f"--{name}={value}" for name, value in settings.items()]


def prepare_terminals(folder: Path) -> None:
    """Let a terminal inside JupyterLab find the command `course`, and `course reset` this folder."""
    commands = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join((commands, os.environ.get("PATH", os.defpath)))
    os.environ[notebooks.FOLDER_VARIABLE] = str(folder.resolve())


def prepare_lecture(folder: Path) -> Path:
    """Let the kernels know that it is a lecture; its settings, which lie hidden among the chapters."""
    os.environ[lecture.VARIABLE] = "1"
    return lecture.settings(folder.resolve() / ".settings")


def require_free(port: int) -> None:
    """Raise OSError if somebody listens on that port of this machine already."""
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        raise OSError(f"port {port} cannot be used ({error.strerror}); without --port a free one is chosen") from error


def stop_on_signals(server: Any) -> None:  # JupyterLab has no types
    """Let Ctrl-C end the kernels and the server at once; Jupyter itself would ask back, and its kernels complain."""

    async def end() -> None:
        await server.kernel_manager.shutdown_all(now=True)
        server.stop()

    def stop(_number: int, _frame: object) -> None:
        server.io_loop.add_callback_from_signal(end)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
