"""The standard workloads of `forven bench`: what is measured, how it is timed, what it says."""
