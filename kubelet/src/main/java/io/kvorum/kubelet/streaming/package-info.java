/**
 * The kubelet's streams into pods: exec, attach and port-forward, as upstream's kubelet serves them on port 10250.
 *
 * <p>The API server authorizes and then passes bytes through, so every protocol ends here. From the wire up:
 *
 * <ul>
 *   <li>{@link io.kvorum.kubelet.streaming.Wire}: bytes both ways, a socket or the messages of a WebSocket.
 *   <li>{@link io.kvorum.kubelet.streaming.SpdySession}: many {@link io.kvorum.kubelet.streaming.ByteStream}s on one
 *       wire, SPDY/3.1 without its flow control, which no Kubernetes client speaks: back-pressure is the wire's.
 *   <li>{@link io.kvorum.kubelet.streaming.ChannelSession}: numbered channels in the messages of a WebSocket.
 *   <li>{@link io.kvorum.kubelet.streaming.CommandStreams}: what both give to a command: stdin, stdout, stderr, error,
 *       resize.
 *   <li>{@link io.kvorum.kubelet.streaming.RemoteCommand} and {@link io.kvorum.kubelet.streaming.PortForward}: what is
 *       done with them.
 * </ul>
 *
 * <p>Everything of one connection lives on one event loop context; what blocks (pipes of processes) runs on threads of
 * {@link io.kvorum.kubelet.streaming.Pipes}. Every queue is bounded; a full one stops the reading of what fills it.
 */
@NullMarked
package io.kvorum.kubelet.streaming;

import org.jspecify.annotations.NullMarked;
