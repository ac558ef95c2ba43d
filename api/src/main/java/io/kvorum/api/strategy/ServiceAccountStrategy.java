package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.Set;

/** ServiceAccounts name their secrets, and say nothing else of them. */
final class ServiceAccountStrategy extends GenericStrategy {
    ServiceAccountStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode account) {
        super.prepareForCreate(account);
        nameSecrets(account);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        nameSecrets(next);
    }

    private static void nameSecrets(ObjectNode account) {
        Tree.objects(account, "secrets").forEach(secret -> secret.retain(Set.of("name")));
    }
}
