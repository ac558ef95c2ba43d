/** CustomResourceDefinitions at work: which resources they add, their conditions, the end of their objects, their documents. */
@NullMarked
package io.kvorum.apiserver.crd;

import org.jspecify.annotations.NullMarked;
