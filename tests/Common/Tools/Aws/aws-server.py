# The real aws CLI, loaded once: its start alone takes half a second. aws-server.py SOCKET
# Each worker takes one call at a time and keeps what it has read of the services' models, which takes longer than the call itself.
import json, os, socket, sys
from awscli.clidriver import AWSCLIEntryPoint, create_clidriver

WORKERS = 6


def serve(server, driver):
    nothing = os.open(os.devnull, os.O_RDWR)
    while True:
        connection, _ = server.accept()
        message, files, _, _ = socket.recv_fds(connection, 1 << 17, 3)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode, closefd=False) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
        code = 255
        try:
            code = AWSCLIEntryPoint(driver).main(json.loads(message))
        except SystemExit as exit:
            code = exit.code
        except BrokenPipeError:
            pass
        finally:
            # --region and --profile stay in the session otherwise.
            driver.session._session_instance_vars.clear()
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except BrokenPipeError:
                    pass
            for number in range(3):
                os.dup2(nothing, number)
            try:
                connection.sendall(str(code).encode())
            except BrokenPipeError:
                pass
            connection.close()


server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(64)
driver = create_clidriver()
for service in ("iam", "eks", "sts"):
    driver.session.get_service_model(service)
driver.session.get_component("data_loader").load_data("endpoints")
for _ in range(WORKERS - 1):
    if os.fork() == 0:
        break
serve(server, driver)
