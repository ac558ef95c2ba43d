package io.kvorum.api.proto;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;

/** {@code runtime.Unknown}: which kind the message is of, and the message. */
record Envelope(String apiVersion, String kind, WireReader message) {
    /** @param body with the four bytes before the envelope */
    static Envelope read(byte[] body) throws MalformedMessageException {
        WireReader in = new WireReader(body, ProtobufBody.PREFIX_LENGTH, body.length);
        String apiVersion = "";
        String kind = "";
        WireReader message = new WireReader(body, 0, 0);
        while (in.next()) {
            boolean known = in.field() <= 4;
            if (known && in.wireType() != WireReader.LENGTH) {
                throw new MalformedMessageException(
                        "proto: wrong wireType = " + in.wireType() + " for field " + in.field() + " of Unknown");
            }
            switch (in.field()) {
                case 1 -> {
                    WireReader type = in.nested();
                    while (type.next()) {
                        boolean text = type.wireType() == WireReader.LENGTH;
                        if (text && type.field() == 1) {
                            apiVersion = type.string();
                        } else if (text && type.field() == 2) {
                            kind = type.string();
                        } else {
                            type.skip();
                        }
                    }
                }
                case 2 -> message = in.nested();
                case 3 -> {
                    String encoding = in.string();
                    if (!encoding.isEmpty()) {
                        throw new MalformedMessageException("content encoding " + encoding + " is not supported");
                    }
                }
                default -> in.skip();
            }
        }
        return new Envelope(apiVersion, kind, message);
    }

    /** @throws ApiException 400 if the kind is missing or not built in, 415 if it is of no built-in group version */
    ObjectNode object(MessageReader reader) throws MalformedMessageException {
        if (kind.isEmpty()) {
            throw ApiException.badRequest("Object 'Kind' is missing in the protobuf body");
        }
        if (apiVersion.isEmpty()) {
            throw ApiException.badRequest("Object 'apiVersion' is missing in the protobuf body");
        }
        Messages messages = Messages.load();
        // Every group version has these, of custom resources too.
        int shape = messages.of(kind.equals("DeleteOptions") ? "v1" : apiVersion, kind);
        if (shape < 0 && messages.knows(apiVersion)) {
            throw ApiException.badRequest("no kind \"" + kind + "\" is registered for version \"" + apiVersion + "\"");
        }
        if (shape < 0) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaType",
                    "objects of " + apiVersion + " have no protobuf form - accepted media types include:"
                            + " application/json, application/yaml",
                    null);
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("kind", kind);
        object.put("apiVersion", apiVersion);
        reader.read(message, shape, object);
        return object;
    }
}
