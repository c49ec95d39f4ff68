"""What `gpu-preflight smoke` adds to the all-reduce itself, and how soon it tells of a hang, with the doubles.

usage: smoke.py GPU_PREFLIGHT DOUBLES [RANKS]

DOUBLES is the folder of the doubles of libcuda and libnccl (tests/doubles of a build). The measure is a process that
forks the same ranks, which make the same calls and have neither deadlines nor reports. Runs alternate, so that both see
the same machine; medians are printed. Nothing here passes or fails.
"""

import ctypes
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 15
HANG_ROUNDS = 5  # of which the slowest is told
DEADLINE = 1.0  # seconds, of a stage
SIZES = (4, 4 << 10, (64 << 10) + 4, 1 << 20, 8 << 20)  # bytes; those of src/cli/smoke.cpp
HANGS = {
    "load": ("", "all ncclGetVersion hang"),
    "init": ("cuInit hang", ""),
    "context": ("cuMemAlloc_v2 hang", ""),
    "communicator": ("", "all ncclCommInitRank hang"),
    "all-reduce": ("", "all ncclAllReduce hang"),
    "verify": ("cuMemcpyDtoH_v2 hang", ""),
    "teardown": ("", "all ncclCommDestroy hang"),
}


class UniqueId(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_char * 128)]


def need(code):
    if code != 0:
        os._exit(1)


def do_rank(rank, ranks, doubles, sockets, inputs):
    """What a rank's process does with the libraries, call by call (src/smoke/rank_work.cpp)."""
    cuda = ctypes.CDLL(f"{doubles}/libcuda.so.1")
    nccl = ctypes.CDLL(f"{doubles}/nccl/libnccl.so.2")
    need(cuda.cuInit(0))
    device = ctypes.c_int()
    need(cuda.cuDeviceGet(ctypes.byref(device), rank))
    context, stream = ctypes.c_void_p(), ctypes.c_void_p()
    need(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device))
    need(cuda.cuCtxSetCurrent(context))
    need(cuda.cuStreamCreate(ctypes.byref(stream), 0))
    buffers = []
    for size in SIZES:
        pair = ctypes.c_uint64(), ctypes.c_uint64()
        for pointer in pair:
            need(cuda.cuMemAlloc_v2(ctypes.byref(pointer), ctypes.c_size_t(size)))
        buffers.append((size, *pair))
    unique = UniqueId()
    if rank == 0:
        need(nccl.ncclGetUniqueId(ctypes.byref(unique)))
        for other in sockets[1:]:
            other[0].sendall(bytes(unique))
    else:
        unique = UniqueId.from_buffer_copy(sockets[rank][1].recv(128, socket.MSG_WAITALL))
    communicator = ctypes.c_void_p()
    need(nccl.ncclCommInitRank(ctypes.byref(communicator), ranks, unique, rank))
    for (size, send, receive), values in zip(buffers, inputs):
        bytes_of = ctypes.c_size_t(size)
        need(cuda.cuMemcpyHtoD_v2(send, values, bytes_of))
        need(cuda.cuMemcpyHtoD_v2(receive, values, bytes_of))
        pointers = ctypes.c_void_p(send.value), ctypes.c_void_p(receive.value)
        need(nccl.ncclAllReduce(*pointers, ctypes.c_size_t(size // 4), 7, 0, communicator, stream))
        need(cuda.cuStreamQuery(stream))
    for (size, _, receive), values in zip(buffers, inputs):
        need(cuda.cuMemcpyDtoH_v2(values, receive, ctypes.c_size_t(size)))
    need(nccl.ncclCommDestroy(communicator))


def bare(ranks, doubles):
    """Seconds that the ranks take by themselves."""
    inputs = [(ctypes.c_float * (size // 4))() for size in SIZES]
    start = time.monotonic()
    sockets = [socket.socketpair() for _ in range(ranks)]
    children = []
    for rank in range(ranks):
        child = os.fork()
        if child == 0:
            do_rank(rank, ranks, doubles, sockets, inputs)
            os._exit(0)
        children.append(child)
    for child in children:
        if os.waitpid(child, 0)[1] != 0:
            sys.exit("the doubles failed")
    return time.monotonic() - start


def smoke(program, environment, options, expected):
    start = time.monotonic()
    result = subprocess.run(
        [program, "smoke", *options], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - start
    if result.returncode != expected:
        sys.exit(f"smoke ended with {result.returncode}: {result.stdout}{result.stderr}")
    return seconds


def environment_of(folder, doubles, ranks, driver, nccl):
    """Variables that make a process follow a scenario (tests/doubles)."""
    for name, text in (("driver", f"gpus {ranks}\n{driver}\n"), ("nccl", nccl + "\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return {
        "PATH": os.environ["PATH"],
        "LD_LIBRARY_PATH": f"{doubles}:{doubles}/nccl",
        "PREFLIGHT_SCENARIO": os.path.join(folder, "driver"),
        "PREFLIGHT_NCCL_SCENARIO": os.path.join(folder, "nccl"),
    }


def compare(program, doubles, ranks, folder):
    environment = environment_of(folder, doubles, ranks, "", "")
    os.environ.update(environment)
    ours, theirs = [], []
    for turn in range(-1, ROUNDS):  # the first warms the caches and isn't counted
        times = bare(ranks, doubles), smoke(program, environment, ["--iterations", "0"], 0)
        if turn >= 0:
            theirs.append(times[0])
            ours.append(times[1])
    with_us, alone = statistics.median(ours), statistics.median(theirs)
    print(f"{ranks} ranks, median of {ROUNDS}: smoke {with_us * 1000:.1f} ms, the calls alone {alone * 1000:.1f} ms")
    print(f"difference {(with_us - alone) * 1000:.1f} ms, {with_us / alone:.2f} times the calls alone")


def hang(program, doubles, ranks, folder):
    """How long after its deadline a hang ends the run, beyond what a run takes in which the same call fails at once."""
    options = ["--iterations", "0", "--no-retry", "--ranks", str(ranks), "--stage-deadline", str(DEADLINE)]
    for stage, (driver, nccl) in HANGS.items():
        times = {}
        for action in ("error 1", "hang"):
            scenario = driver.replace("hang", action), nccl.replace("hang", action)
            environment = environment_of(folder, doubles, ranks, *scenario)
            times[action] = [smoke(program, environment, options, 1) for _ in range(HANG_ROUNDS)]
        slowest = max(times["hang"]) - DEADLINE
        delay = slowest - statistics.median(times["error 1"])
        print(f"a hang at {stage}: {delay:.3f} s after the deadline, at most {slowest:.3f} s with all that goes before")


def main():
    program, doubles = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    ranks = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    with tempfile.TemporaryDirectory() as folder:
        compare(program, doubles, ranks, folder)
        hang(program, doubles, ranks, folder)


if __name__ == "__main__":
    main()
