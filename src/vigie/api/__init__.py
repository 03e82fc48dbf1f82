"""HTTP: the routes of the contract over the services, with FastAPI."""
