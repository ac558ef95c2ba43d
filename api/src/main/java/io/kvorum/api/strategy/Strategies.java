package io.kvorum.api.strategy;

import io.kvorum.api.ResourceInfo;
import io.kvorum.api.custom.CustomStrategy;

/** The strategy of each resource. */
public final class Strategies {
    private Strategies() {}

    public static Strategy of(ResourceInfo resource) {
        if (resource.custom() != null) {
            return new CustomStrategy(resource.custom());
        }
        return switch (resource.group() + "/" + resource.kind()) {
            case "apiextensions.k8s.io/CustomResourceDefinition" -> new DefinitionStrategy(resource);
            case "/Pod" -> new PodStrategy(resource);
            case "/Service" -> new ServiceStrategy(resource);
            case "/ServiceAccount" -> new ServiceAccountStrategy(resource);
            case "/Namespace" -> new NamespaceStrategy(resource);
            case "/Node" -> new NodeStrategy(resource);
            case "batch/Job" -> new JobStrategy(resource);
            case "certificates.k8s.io/CertificateSigningRequest" -> new CertificateRequestStrategy(resource);
            case "apiregistration.k8s.io/APIService" -> new ApiServiceStrategy(resource);
            case "resource.k8s.io/ResourceClaim" -> new ResourceClaimStrategy(resource);
            case "apps/DaemonSet" -> new DaemonSetStrategy(resource);
            default -> new GenericStrategy(resource);
        };
    }
}
