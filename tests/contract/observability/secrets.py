"""Every text of a world that nothing may show."""

from mocks.world import World


def secrets_of(world: World) -> list[str]:
    """Client secrets, the webhook secret with and without its prefix, the control token, every access token ever issued."""
    fixed = [world.client_secret, world.actor_client_secret, world.control_token, world.webhook_secret, world.webhook_secret[6:]]
    return [*fixed, *world.mechanics.tokens._tokens]
