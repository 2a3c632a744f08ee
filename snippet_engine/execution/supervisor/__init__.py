"""The supervisor: a process that runs one program, samples it and kills its process tree.

| module | its one job |
| --- | --- |
| `__main__` | entry point of supervisors and of their fork server |
| `protocol` | types of what engine and supervisor send each other |
| `fork_server` | fork supervisors, which saves each an interpreter start |
| `serve` | read the request, write the result |
| `supervise` | run a program from its launch to its result |
| `run_clock` | start, end and deadline of the program |
| `start_gate` | hold the program before its first line |
| `output_capture` | timed lines of output, within limits |
| `resource_monitor` | sample what the process tree uses |
| `linux`, `portable` | launch, monitor and kill on Linux, and on other systems |
| `launch` | launch of a program below a guard process, on Linux |
| `process_tree`, `cpu_sampler`, `disk_usage` | what processes, threads and files use |
| `rlimits`, `exit_status` | limits of the kernel; exit codes in words |

Each program has a supervisor, so it must start fast: on Linux it imports nothing of the
engine and no module that imports many others, such as `json`, `re`, `subprocess` and
`typing`. Its modules are imported relatively, since outside the engine the package is
called `supervisor`.
"""
