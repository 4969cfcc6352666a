"""Budget checks of requisitions: asked while the requester waits, decided by the owners of the cost centres where there is no budget."""
