package example.meridiane.vanish.check;

import java.util.List;

/** Contrôle de schéma embarqué chez le partenaire : mêmes règles que vanish/schema.py (SCHEMA-MISMATCH). */
public final class SchemaCheck {

    private final List<String> expected;

    public SchemaCheck(List<String> expected) {
        this.expected = List.copyOf(expected);
    }

    /**
     * Compares a header with the interface contract.
     *
     * @param header the columns of the file, in order
     * @return null when the header fits, else the message that the runner logs
     */
    public String firstMismatch(List<String> header, String file) {
        for (int i = 0; i < header.size(); i++) {
            if (i >= expected.size() || !header.get(i).equals(expected.get(i))) {
                return String.format("Colonne inattendue \"%s\" en position %d dans %s", header.get(i), i + 1, file);
            }
        }
        if (header.size() < expected.size()) {
            return String.format("Colonne absente \"%s\" dans %s", expected.get(header.size()), file);
        }
        return null;
    }
}
