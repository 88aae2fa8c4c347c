"""Only wires: definitions, jobs, schedules, settings and the command line."""
