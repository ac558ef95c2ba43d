/** Cluster IPs and node ports of Services, allocated in the same store transaction as the Service. */
@NullMarked
package io.kvorum.apiserver.service;

import org.jspecify.annotations.NullMarked;
