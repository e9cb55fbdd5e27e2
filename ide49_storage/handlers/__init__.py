"""REST and the websocket: parse the request, authorise, call one service, encode, and nothing else."""
