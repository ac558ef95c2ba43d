package io.kvorum.bus;

import io.vertx.core.Future;

/** Sends requests over the bus and opens the streams that answers announce. */
public interface BusClient {
    /**
     * Sends one request, once.
     *
     * <p>Errors: {@link BusUnavailableException} when nobody serves the address or no answer came before the
     * request's time-out. The request may have been carried out: repeat only what is idempotent.
     *
     * @param address see {@link BusAddress}
     */
    Future<BusReply> send(String address, BusRequest request);
}
