"""A fresh endpoint for each conformance test, and the tools that tests/run.sh installed for them."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from support.whole_program import Rolecall  # noqa: E402

ROOT = HERE.parent.parent
TOOLS = pathlib.Path(os.environ.get("CONFORMANCE_TOOLS", ROOT / "build" / "conformance"))
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db";
             limits = { rate = 100000; }; };
organizations = ( { name = "acme"; seats = 100; owners = [ "founder@example.com" ]; protected = [ "founder@example.com" ];
                    projects = ( { name = "search"; admins = [ "founder@example.com" ]; } ); } );
sync = { state = "@FOLDER@/sync"; };
"""


def fresh_endpoint():
    """An endpoint that serves an organization of nobody but its protected owner; remove() ends it."""
    rolecall = Rolecall(CONFIG)
    try:
        rolecall.start()
    except BaseException:
        rolecall.remove()
        raise
    return rolecall


def connection(rolecall, name, *options, scope="people"):
    """The token of a new connection."""
    made = rolecall.command("token", "create", name, "--organization", "acme", "--scope", scope, *options)
    return made.stdout.strip()


def node(script, *arguments, text=None, timeout=600):
    """Runs a script of ours under Node with the installed packages; gives what it printed."""
    done = subprocess.run(["node", str(HERE / script), *arguments], input=text, capture_output=True, text=True,
                          check=False, timeout=timeout, env={**os.environ, "NODE_PATH": str(TOOLS / "node_modules")})
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise AssertionError(f"{script}: exit {done.returncode}\n{done.stdout}")
    return done.stdout
