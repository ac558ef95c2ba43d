import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A way of its own to the API server, which a test cuts and restores while all others go on. */
export class Tunnel {
    #server;
    #sockets = new Set();
    #listener;
    port = 0;

    /** @param server URL of the API server */
    constructor(server) {
        this.#server = new URL(server);
    }

    async restore() {
        this.#listener = createServer((client) => {
            const there = connect(Number(this.#server.port), this.#server.hostname);
            for (const [one, other] of [
                [client, there],
                [there, client],
            ]) {
                this.#sockets.add(one);
                one.on('error', () => other.destroy());
                one.on('close', () => {
                    this.#sockets.delete(one);
                    other.destroy();
                });
                one.pipe(other);
            }
        });
        this.#listener.listen(this.port, '127.0.0.1');
        await once(this.#listener, 'listening');
        this.port = this.#listener.address().port;
    }

    async cut() {
        const closed = once(this.#listener, 'close');
        this.#listener.close();
        this.#sockets.forEach((socket) => socket.destroy());
        await closed;
    }
}
