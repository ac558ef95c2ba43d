package io.kvorum.proxy.net;

import io.kvorum.proxy.rules.Frontend;
import io.vertx.core.Future;

/** A listening socket of one frontend. */
interface FrontendSocket {
    /** Fails when the address is taken, or is not this host's. */
    Future<Void> listen();

    /** New connections follow {@code frontend} from now on; existing ones stay. */
    void update(Frontend frontend);

    Future<Void> close();
}
