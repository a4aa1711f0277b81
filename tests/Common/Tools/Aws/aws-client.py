# Hands a call and its standard streams to aws-server.py: aws-client.py SOCKET ARGUMENTS…
import json, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
socket.send_fds(connection, [json.dumps(sys.argv[2:]).encode()], [0, 1, 2])
sys.exit(int(connection.recv(16) or 255))
