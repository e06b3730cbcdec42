#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`cradle logs --prometheus` against a real Prometheus on loopback that scrapes an exporter of this test: counters that grow by a
known power, one of which is reset on the way. Skips, saying so, where prometheus is not installed."""
import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

CRADLE = pathlib.Path(sys.argv[1]).resolve()
SERVER = shutil.which("prometheus")
if SERVER is None:
    print("skipped: prometheus is not installed")
    sys.exit(77)
WATTS = {("a", "GPU-1"): 200.0, ("a", "GPU-2"): 300.0, ("b", "GPU-3"): 500.0}
START = time.time()
reset_at = 1e9  # s after the start, of GPU-3
failures = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Exporter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        lines = ["# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter"]
        elapsed = time.time() - START
        for (host, uuid), watts in WATTS.items():
            joules = watts * (elapsed if uuid != "GPU-3" or elapsed < reset_at else elapsed - reset_at) + 1
            lines.append('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="%s",Hostname="%s"} %.3f' % (uuid, host, joules * 1000))
        body = ("\n".join(lines) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


exporter = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
threading.Thread(target=exporter.serve_forever, daemon=True).start()
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    port = free_port()
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 500ms, scrape_timeout: 400ms}\nscrape_configs:\n  - {job_name: dcgm, static_configs: [{targets: ['127.0.0.1:%d']}]}\n" % exporter.server_address[1])
    server = subprocess.Popen([SERVER, "--config.file", folder / "prometheus.yml", "--storage.tsdb.path", folder / "data", "--web.listen-address", "127.0.0.1:%d" % port, "--log.level", "error"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = "http://127.0.0.1:%d" % port
    try:
        for _ in range(300):  # until the first scrape is there, however slow the machine
            try:
                if json.load(urllib.request.urlopen(url + "/api/v1/query?query=DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", timeout=1))["data"]["result"]:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        start = int(time.time()) + 2
        reset_at = start + 6 - START
        time.sleep(start + 13 - time.time())
        window = ["--from", str(start), "--to", str(start + 12), "--step", "4 s"]

        def ask(*more):
            done = subprocess.run([CRADLE, "logs", "--prometheus", url, *window, "--format", "json", *more], capture_output=True, text=True)
            return done, json.loads(done.stdout) if done.returncode == 0 else {}

        done, whole = ask()
        expected = sum(WATTS.values()) * 12 / 3.6e6
        if done.returncode != 0:
            failures.append("asking: %s" % done.stderr)
        elif abs(whole["energy_kwh"] / expected - 1) > 0.06:  # increase() extrapolates, and a reset loses what lay before it
            failures.append("the fleet: %r kWh, expected %r" % (whole["energy_kwh"], expected))
        elif whole["bytes"] > 1000 or len(whole["rows"]) != 3:
            failures.append("the sum is not the server's: %d bytes, %d rows" % (whole["bytes"], len(whole["rows"])))
        done, hosts = ask("--by", "Hostname")
        by_host = {}
        for row in hosts.get("rows", []):
            by_host[row["group"]] = by_host.get(row["group"], 0) + row["energy_kwh"]
        if set(by_host) != {"a", "b"} or abs(by_host.get("a", 0) / (500 * 12 / 3.6e6) - 1) > 0.02:
            failures.append("by host: %r" % by_host)
        done, matched = ask("--match", 'UUID="GPU-1"')
        if abs(matched.get("energy_kwh", 0) / (200 * 12 / 3.6e6) - 1) > 0.02:
            failures.append("one GPU: %r" % matched.get("energy_kwh"))
        done, _ = ask("--match", "UUID=")
        if done.returncode != 3 or "E066" not in done.stderr:
            failures.append("a question that Prometheus refuses: exit %d %s" % (done.returncode, done.stderr))
        done, _ = ask("--metric", "temperature")
        if done.returncode != 1 or "E060" not in done.stderr:
            failures.append("a metric without a known unit: exit %d %s" % (done.returncode, done.stderr))
    finally:
        server.terminate()
        server.wait(10)
    done = subprocess.run([CRADLE, "logs", "--prometheus", url, "--from", "1", "--to", "7201"], capture_output=True, text=True)
    if done.returncode != 3 or "E066" not in done.stderr:
        failures.append("a server that is away: exit %d %s" % (done.returncode, done.stderr))
    secret = url.replace("://", "://reader:hunter2@")
    for more in ([], ["--metric", "temperature"], ["--step", "9 h"]):
        done = subprocess.run([CRADLE, "logs", "--prometheus", secret, "--from", "1", "--to", "7201", *more], capture_output=True, text=True)
        if done.returncode == 0 or "hunter2" in done.stdout + done.stderr or "***@" not in done.stderr:
            failures.append("a password in the URL, %s: exit %d %s" % (more, done.returncode, done.stderr))
print("\n".join(failures) or "Prometheus sums, and kilobytes come back")
sys.exit(1 if failures else 0)
