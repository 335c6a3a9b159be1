"""How fast is the product beside a Django view that does nothing, in the same run?"""
