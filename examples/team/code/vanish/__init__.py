"""Vanish : exécution des flux de nuit de l'équipe Production Flux."""
