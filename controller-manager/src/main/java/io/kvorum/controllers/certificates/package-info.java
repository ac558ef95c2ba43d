/** The controllers of CertificateSigningRequests: they approve those of kubelets, sign what is approved, and clear away. */
@NullMarked
package io.kvorum.controllers.certificates;

import org.jspecify.annotations.NullMarked;
