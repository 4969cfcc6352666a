"""Small connectors for tests of the process that runs them, standard library only."""

import sys
from pathlib import Path

SERVER = """
import http.server, os, signal, sys, time
STATUS = int(os.environ.get("STATUS", "200"))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(STATUS); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *words): pass
print("secret", os.environ.get("CLIENT_SECRET"), flush=True)
if os.environ.get("STUBBORN"): signal.signal(signal.SIGTERM, signal.SIG_IGN)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def connector_folder(folder: Path, script: str = SERVER, *, manifest: str = "") -> Path:
    """A folder with connector.py and connector.toml; answers the path of the manifest."""
    (folder / "connector.py").write_text(script)
    file = folder / "connector.toml"
    command = "" if "command" in manifest or "url" in manifest.split("\n", 1)[0] else f'command = ["{sys.executable}", "connector.py"]\n'
    file.write_text(f"{command}{manifest}")
    return file
