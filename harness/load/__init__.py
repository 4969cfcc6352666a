"""Month-end load: an open model of people's work against a running world, and what came of it.

Locust runs in processes of its own (loadtests/); nothing in this room imports it or gevent.
"""
