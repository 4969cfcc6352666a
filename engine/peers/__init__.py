"""The systems on the other side of the wire: one call, its classes of failure, and a gateway for each system."""
