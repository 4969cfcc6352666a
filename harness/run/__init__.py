"""One run: the world, the connector's process, the actors, the phases. Only this package opens the door to mocks.world."""
