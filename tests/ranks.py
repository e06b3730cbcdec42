#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws by several ranks of mpirun are the bits of one process; a killed run leaves what it finished, ends with 3, and
--resume does only the rest. Skips (77) where there is no mpirun or the build has no MPI."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CRADLE = pathlib.Path(sys.argv[1])
STUDY = pathlib.Path(sys.argv[2]) / "examples" / "two-plants"
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_btl="self,vader,tcp")


def draws(ranks, count, *more):
    launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks else []
    return launcher + [str(CRADLE), "lca", "montecarlo", str(STUDY), "--draws", str(count), "--seed", "5", "--threads", "1", "--format", "json", *more]


def run(*arguments):
    return subprocess.run(draws(*arguments), capture_output=True, env=ENVIRONMENT)


def children_of(parent):
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def main():
    if not shutil.which("mpirun") or not (CRADLE.parent / "cradle_mpi.so").exists():
        print("no mpirun, or a build without MPI: skipped")
        return 77
    alone = run(0, 1003)
    assert alone.returncode == 0, alone.stderr
    for ranks in (2, 4):
        many = run(ranks, 1003)
        assert many.returncode == 0, many.stderr
        assert many.stdout == alone.stdout, "%d ranks give other bits than one process" % ranks
    for ranks in (2, 4, 4, 8):  # on a fresh store, whoever comes first
        with tempfile.TemporaryDirectory() as folder:
            fresh = run(ranks, 1003, "--store", folder + "/store")
            assert fresh.returncode == 0 and fresh.stdout == alone.stdout, "%d ranks with a fresh store give other bits: %s" % (ranks, fresh.stderr)
    with tempfile.TemporaryDirectory() as folder:
        store = ["--store", folder]
        process = subprocess.Popen(draws(2, 20_000_000, *store), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        deadline = time.time() + 60
        while time.time() < deadline and sum(file.stat().st_size for file in pathlib.Path(folder).glob("*.draws")) < 100_000:
            time.sleep(0.02)
        ranks = children_of(process.pid)
        workers = [worker for rank in ranks for worker in children_of(rank)]
        assert workers, "no worker to kill"
        os.kill(workers[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 3, "a killed rank ends the run with %d, not 3: %s" % (process.returncode, errors)
        kept = sum(file.stat().st_size for file in pathlib.Path(folder).glob("*.draws"))
        assert kept >= 100_000, "nothing was kept"
        torn = sorted(pathlib.Path(folder).glob("*.draws"))[0]
        torn.write_bytes(torn.read_bytes()[:-5])  # the last batch was cut short while written
        refused = run(0, 5000, *store)
        assert refused.returncode == 1 and b"E090" in refused.stderr, refused.stderr
        whole = run(0, 5000)
        for ranks in (0, 2):
            resumed = run(ranks, 5000, *store, "--resume")
            assert resumed.returncode == 0 and resumed.stdout == whole.stdout, "a resumed run gives other bits"
        other_seed = ["6" if argument == "5" else argument for argument in draws(0, 5000, *store, "--resume")]
        again = subprocess.run(other_seed, capture_output=True, env=ENVIRONMENT)
        assert again.returncode == 1 and b"E090" in again.stderr, "a store of another seed was taken"
    print("2 and 4 ranks, killed and resumed: the same bits")
    return 0


sys.exit(main())
