/** What the API server itself knows of CertificateSigningRequests: who made them, and when they were decided. */
@NullMarked
package io.kvorum.apiserver.certificates;

import org.jspecify.annotations.NullMarked;
