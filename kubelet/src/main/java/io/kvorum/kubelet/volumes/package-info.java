/** The volumes of a pod as folders of the host. Works on files; what it projects has been fetched before. */
@NullMarked
package io.kvorum.kubelet.volumes;

import org.jspecify.annotations.NullMarked;
