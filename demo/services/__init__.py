"""Stand-ins for the real services on loopback: the generated world over their protocols, limits and faults."""
