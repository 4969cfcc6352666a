"""A world, a connector's process and a session on them: opened, brought to rest and closed alike by all who need one."""
