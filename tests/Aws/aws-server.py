# The real aws CLI, loaded once and forked for each call, as its start alone takes half a second: aws-server.py SOCKET
import json, os, signal, socket, sys
from awscli.clidriver import AWSCLIEntryPoint, create_clidriver

driver = create_clidriver()
for service in ("iam", "eks", "sts"):
    driver.session.get_service_model(service)
driver.session.get_component("data_loader").load_data("endpoints")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(64)
while True:
    connection, _ = server.accept()
    if os.fork() > 0:
        connection.close()
        continue
    server.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, files, _, _ = socket.recv_fds(connection, 1 << 17, 3)
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
    code = 255
    try:
        code = AWSCLIEntryPoint(driver).main(json.loads(message))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(str(code).encode())
        os._exit(0)
