"""What the tests of whole runs share: tiny inputs, and runs in processes of their own."""
