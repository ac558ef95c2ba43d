package io.kvorum.apiserver;

import io.kvorum.component.UsageException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which admission plugins there are, and which of them the flags leave. All are on unless switched off. */
final class AdmissionPlugins {
    static final List<String> NAMES = List.of(
            "NamespaceLifecycle",
            "LimitRanger",
            "ServiceAccount",
            "NodeRestriction",
            "TaintNodesByCondition",
            "PodSecurity",
            "Priority",
            "DefaultTolerationSeconds",
            "DefaultStorageClass",
            "StorageObjectInUseProtection",
            "PersistentVolumeClaimResize",
            "RuntimeClass",
            "CertificateApproval",
            "CertificateSigning",
            "CertificateSubjectRestriction",
            "DefaultIngressClass",
            "PodTopologyLabels",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionWebhook",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionWebhook",
            "ResourceQuota");

    /** Plugins of upstream, of today and of late, that are not here: they may be switched off, not on. */
    private static final Set<String> ELSEWHERE = Set.of(
            "AlwaysAdmit",
            "AlwaysDeny",
            "AlwaysPullImages",
            "ClusterTrustBundleAttest",
            "DenyServiceExternalIPs",
            "EventRateLimit",
            "ExtendedResourceToleration",
            "ImagePolicyWebhook",
            "LimitPodHardAntiAffinityTopology",
            "NamespaceAutoProvision",
            "NamespaceExists",
            "OwnerReferencesPermissionEnforcement",
            "PersistentVolumeLabel",
            "PodNodeSelector",
            "PodTolerationRestriction");

    private AdmissionPlugins() {}

    /** Whether a plugin is on. Fails for one that no flag could switch off. */
    static boolean on(String name, Set<String> disabled) {
        if (!NAMES.contains(name)) {
            throw new IllegalStateException("admission plugin \"" + name + "\" is missing from the list of names");
        }
        return !disabled.contains(name);
    }

    /** The plugins switched off. Fails with a UsageException that names the flag and the plugin, as upstream words it. */
    static Set<String> disabled(Collection<String> enable, Collection<String> disable) {
        known("enable-admission-plugins", enable, Set.of());
        known("disable-admission-plugins", disable, ELSEWHERE);
        Set<String> both = new LinkedHashSet<>(enable);
        both.retainAll(disable);
        if (!both.isEmpty()) {
            throw new UsageException(
                    both + " in enable-admission-plugins and disable-admission-plugins overlapped: name each in one");
        }
        return Set.copyOf(disable);
    }

    private static void known(String flag, Collection<String> names, Set<String> more) {
        for (String name : names) {
            if (!NAMES.contains(name) && !more.contains(name)) {
                throw new UsageException(
                        "--" + flag + ": plugin \"" + name + "\" is unknown, not one of " + String.join(", ", NAMES));
            }
        }
    }
}
