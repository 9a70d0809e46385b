"""Carries one ClickHouse node: the engine inside libchdb.so, with its TCP and HTTP ports open.

    python3 clickhouse-node-host.py LIBRARY DIRECTORY PEER_PORT TCP_PORT -- ARGUMENT...

The engine must be called from the main thread: it checks its stack, so a foreign-function call from inside Node
crashes. Ends when standard input ends, so a node never outlives the test that holds the other end of the pipe;
DIRECTORY, which is scratch, goes with it. Exit 1, with a reason on standard error, when it cannot start.

Other nodes come in at PEER_PORT and are passed on to the engine's TCP_PORT. The engine of clickhouse-local aborts,
where a server logs, when such a connection is reset between two queries, as happens when the other node is killed.
Here a reset becomes an orderly end. PEER_PORT 0: no other nodes.
"""

import ctypes
import faulthandler
import os
import shutil
import socket
import sys
import threading


def end_with_parent(directory: str) -> None:
    while os.read(0, 4096):
        pass
    shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Reads to the end even where nobody listens any more: closing with bytes unread would be a reset again."""
    try:
        while data := source.recv(1 << 18):
            try:
                sink.sendall(data)
            except OSError:
                pass
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def pass_on(peer: socket.socket, tcp_port: int) -> None:
    with peer:
        try:
            engine = socket.create_connection(("127.0.0.1", tcp_port))
        except OSError:
            return
        with engine:
            for each in (peer, engine):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=pump, args=(engine, peer), daemon=True)
            back.start()
            pump(peer, engine)
            back.join()


def serve_peers(server: socket.socket, tcp_port: int) -> None:
    while True:
        peer, _ = server.accept()
        threading.Thread(target=pass_on, args=(peer, tcp_port), daemon=True).start()


def main() -> None:
    library, directory, peer_port, tcp_port, arguments = *sys.argv[1:5], sys.argv[6:]
    threading.Thread(target=end_with_parent, args=(directory,), daemon=True).start()
    if peer_port != "0":
        server = socket.create_server(("127.0.0.1", int(peer_port)))
        threading.Thread(target=serve_peers, args=(server, int(tcp_port)), daemon=True).start()
    faulthandler.enable()
    engine = ctypes.CDLL(library)
    engine.chdb_query_cmdline.restype = ctypes.c_void_p
    engine.chdb_result_error.restype = ctypes.c_char_p
    engine.chdb_result_error.argtypes = [ctypes.c_void_p]
    words = [b"clickhouse", *(argument.encode() for argument in arguments)]
    result = engine.chdb_query_cmdline(len(words), (ctypes.c_char_p * len(words))(*words))
    said = engine.chdb_result_error(result) if result else None
    os.write(2, said or b"")  # where it gives none, it has written one itself
    os._exit(1)


main()
